"""Set statements of contacts, one file per purpose."""
