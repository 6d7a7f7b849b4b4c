package dev.javaloop.bridge;

/// An imported Python module.
public interface PythonModule {
  /// Looks up an `async def` function.
  ///
  /// @param name an attribute of the module; dots lead further (`Client.fetch`)
  /// @throws PythonException `AttributeError` where there is none, `TypeError` where it is no
  ///   function
  AsyncFunction async(String name);

  /// Looks up a plain function.
  ///
  /// @param name an attribute of the module; dots lead further
  /// @throws PythonException `AttributeError` where there is none, `TypeError` where it is no
  ///   function
  PythonFunction function(String name);
}
