package dev.javaloop.conformance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.javaloop.conformance.catalogue.Catalogue;
import dev.javaloop.conformance.stage.Stage;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What a catalogue puts around a case, with a real CPython on both sides.
class StageTest {
  @TempDir Path folder;

  private CaseResult replay(String code, String toml) throws Exception {
    Catalogue catalogue = new Catalogue().add("schema = 1\n" + toml, "the test's");
    Note note = new Note(folder.resolve("note.md"), "note", "```python\n" + code + "```\n");
    String python = Cpython.find().command();
    try (Stage stage = Cpython.stage(catalogue)) {
      return Cpython.replay(Fence.in(note), List.of(python), 60, catalogue, stage)
          .results()
          .getFirst();
    }
  }

  private static String output(CaseResult result) {
    return result.bridges().isEmpty()
        ? result.verdict().toString()
        : result.bridges().getLast().stdout() + result.bridges().getLast().stderr();
  }

  private static void isSame(CaseResult result, String stdout) {
    assertEquals(new Verdict.Same(), result.verdict(), () -> output(result));
    assertEquals(stdout, result.bridges().getLast().stdout());
  }

  @Test
  void aHostOnTheInternetHasAStandIn() throws Exception {
    isSame(
        replay(
            """
            import socket, ssl, urllib.request
            for url in "https://example.org/a", "http://example.org/a":
                print(urllib.request.urlopen(url).read())
            with socket.create_connection(("example.org", 443)) as plain:
                with ssl.create_default_context().wrap_socket(plain, server_hostname="example.org") as secure:
                    print(secure.getpeercert()["subjectAltName"])
            for wrong in ("example.com", 80), ("198.51.100.1", 80), ("example.org", 81):
                try:
                    socket.create_connection(wrong)
                except OSError as error:
                    print(type(error).__name__, error.errno)
            """,
            """
            [services.page]
            kind = "web"
            pages = { "/a" = { text = "hello" } }
            [[case]]
            ids = ["note#1"]
            services = { "example.org:80" = "page", "example.org:443" = "page" }
            """),
        """
        b'hello'
        b'hello'
        (('DNS', 'example.org'),)
        gaierror -2
        OSError 101
        OSError 101
        """);
  }

  @Test
  void aServerIsAskedAndStopped() throws Exception {
    CaseResult result =
        replay(
            """
            import http.server
            class Handler(http.server.BaseHTTPRequestHandler):
                def do_POST(self):
                    body = self.rfile.read(int(self.headers["content-length"]))
                    self.send_response(201)
                    self.send_header("content-type", "text/x")
                    self.end_headers()
                    self.wfile.write(body.upper())
                def log_message(self, *words):
                    pass
            http.server.ThreadingHTTPServer(("127.0.0.1", 8000), Handler).serve_forever()
            """,
            """
            [[case]]
            ids = ["note#1"]
            serve = { port = 8000, ask = [{ path = "/x", method = "post", body = "hi", together = 2 }] }
            """);
    assertEquals(new Verdict.Same(), result.verdict(), () -> output(result));
    assertEquals(
        List.of("POST /x: 201 text/x", "HI", "POST /x: 201 text/x", "HI"),
        result.bridges().getLast().answers());
  }

  @Test
  void aServerThatDoesNotListenSaysSo() throws Exception {
    CaseResult result =
        replay(
            "print('no')\n",
            """
            [[case]]
            ids = ["note#1"]
            serve = { port = 8000, ask = [{}] }
            """);
    assertEquals(
        List.of("it ended before it listened on port 8000"), result.bridges().getLast().answers());
  }

  @Test
  void aFragmentGetsItsNames() throws Exception {
    isSame(
        replay(
            "print(__name__, answer, input())\n",
            """
            [[case]]
            ids = ["note#1"]
            prelude = "answer = 42"
            stdin = "typed\\n"
            """),
        "__main__ 42 typed\n");
  }

  @Test
  void aCellOfANotebookAwaits() throws Exception {
    isSame(
        replay(
            "import asyncio\nawait asyncio.sleep(0)\nasyncio.get_running_loop().is_running()\n",
            """
            [[case]]
            ids = ["note#1"]
            session = true
            """),
        "True\n");
  }

  @Test
  void theFilesThatAScriptLeavesAreCompared() throws Exception {
    CaseResult result =
        replay("import os\nopen('x', 'w').write(str(os.getpid() % 2 and 'a' or 'b'))\n", "");
    assertTrue(
        result.bridges().getLast().files().getFirst().startsWith("x: 1 bytes, sha256 "),
        () -> output(result));
  }

  @Test
  void aVersionThatCannotHaveACaseSkipsIt() throws Exception {
    assertEquals(
        new Verdict.Skipped("needs Python <3.5"),
        replay("1\n", "[[case]]\nids = [\"note#1\"]\npython = \"<3.5\"\n").verdict());
  }

  @Test
  void aPackageThatCannotBeInstalledSkipsTheCase() throws Exception {
    CaseResult result =
        replay(
            "1\n",
            """
            [packages.none]
            pip = ["./nobody-has-this-0.0.0-py3-none-any.whl"]
            [[case]]
            ids = ["note#1"]
            packages = ["none"]
            """);
    Verdict.Skipped skipped = assertInstanceOf(Verdict.Skipped.class, result.verdict());
    assertTrue(skipped.reason().startsWith("packages none: pip failed: "), skipped.reason());
  }
}
