"""What depends on the engine, a package each."""
