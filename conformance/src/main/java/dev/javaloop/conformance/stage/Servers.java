package dev.javaloop.conformance.stage;

import dev.javaloop.conformance.catalogue.Service;
import java.io.IOException;

/// A way to start servers.
interface Servers {

  /// Starts a server that nobody else uses.
  ///
  /// @param name the service's, for folders and logs
  Host start(String name, Service service) throws IOException, InterruptedException, Unavailable;

  /// What makes root come from everywhere, which is this machine, with the service's password.
  static String mariadbUsers(Service service) {
    String password = service.password() == null ? "" : service.password().replace("'", "''");
    StringBuilder sql = new StringBuilder();
    for (String host : new String[] {"%", "localhost", "127.0.0.1"}) {
      sql.append(
          "CREATE OR REPLACE USER 'root'@'%s' IDENTIFIED BY '%s';\nGRANT ALL ON *.* TO 'root'@'%s' WITH GRANT OPTION;\n"
              .formatted(host, password, host));
    }
    return sql.toString();
  }
}
