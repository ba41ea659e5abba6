"""Do what commands, pages and programs ask for: typed values in, typed values out, nothing printed."""
