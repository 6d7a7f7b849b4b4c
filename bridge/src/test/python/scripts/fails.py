def inner():
    raise LookupError("in a script")


inner()
