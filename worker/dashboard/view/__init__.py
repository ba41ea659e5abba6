"""Write pages: templates in their frame, figures and words as people read them, and the files that pages load."""
