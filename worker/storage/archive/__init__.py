"""Know which pages are kept, and take them out when their time is over."""
