"""What commands do with rechecks: fetch stored articles again, show earlier versions and how they differ."""
