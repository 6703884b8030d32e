package org.panagrad.app;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.panagrad.TestData;

class DownloadTest {
  private static final byte[] CONTENT = new byte[100_000];

  static {
    new Random(1).nextBytes(CONTENT);
  }

  @TempDir
  private Path folder;

  private final Map<String, byte[]> served = new ConcurrentHashMap<>();
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private HttpServer server;
  private URI address;

  @BeforeEach
  void start() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/", this::serve);
    server.start();
    address = URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/files");
  }

  private void serve(HttpExchange exchange) throws IOException {
    byte[] body = served.get(exchange.getRequestURI().getPath());
    try (exchange) {
      if (body == null) {
        exchange.sendResponseHeaders(404, -1);
      } else {
        boolean cut = exchange.getRequestURI().getPath().contains("cut");
        exchange.sendResponseHeaders(200, body.length + (cut ? 1000 : 0));
        try (OutputStream to = exchange.getResponseBody()) {
          to.write(body);
        } catch (IOException e) {
          // less than was promised, on purpose
        }
      }
    }
  }

  @AfterEach
  void stop() {
    server.stop(0);
  }

  private static byte[] gzip(byte[] content) throws IOException {
    ByteArrayOutputStream packed = new ByteArrayOutputStream();
    try (GZIPOutputStream gzip = new GZIPOutputStream(packed)) {
      gzip.write(content);
    }
    return packed.toByteArray();
  }

  private static RemoteFile remote(String name) throws Exception {
    return new RemoteFile(name, CONTENT.length,
        HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(CONTENT)));
  }

  private Download download(URI... from) {
    return new Download(new Terminal(new PrintStream(out, true, StandardCharsets.UTF_8), false, 80), List.of(from));
  }

  private String failure(String name) throws Exception {
    RemoteFile file = remote(name);
    try (Download download = download(address)) {
      String message = assertThrows(Failure.class, () -> download.fetch(file, folder)).getMessage();
      assertTrue(message.startsWith(address + "/" + name + ": "), message);
      assertEquals(0, folder.toFile().list().length, "nothing is left");
      return message;
    }
  }

  @Test
  void fetchesOnceAndChecks() throws Exception {
    byte[] packed = gzip(CONTENT);
    served.put("/files/a.gz", packed);
    try (Download download = download(address)) {
      download.fetch(remote("a.gz"), folder);
      assertArrayEquals(packed, Files.readAllBytes(folder.resolve("a.gz")));
      assertEquals("a.gz  0.10 MB, fetched and checked\n", out.toString(StandardCharsets.UTF_8));
      served.clear();
      download.fetch(remote("a.gz"), folder);
      assertTrue(out.toString(StandardCharsets.UTF_8).endsWith("a.gz  is there already\n"));
    }
    assertArrayEquals(new String[]{"a.gz"}, folder.toFile().list());
  }

  @Test
  void aSecondMirrorServesWhereTheFirstFails() throws Exception {
    served.put("/files/a.gz", gzip(CONTENT));
    try (Download download = download(address.resolve("/none/"), address)) {
      download.fetch(remote("a.gz"), folder);
    }
    assertTrue(Files.exists(folder.resolve("a.gz")));
  }

  @Test
  void whatIsWrongIsRefused() throws Exception {
    byte[] other = CONTENT.clone();
    other[5] ^= 1;
    served.put("/files/other.gz", gzip(other));
    String message = failure("other.gz");
    assertTrue(message.contains("unpacks to something with SHA-256 "
        + HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(other)) + ", expected "
        + remote("").sha256()), message);

    assertTrue(failure("none.gz").contains("the server answers with status 404"));

    served.put("/files/short.gz", Arrays.copyOf(gzip(CONTENT), 5000));
    assertTrue(failure("short.gz").contains("is cut short, after "));

    served.put("/files/cut.gz", Arrays.copyOf(gzip(CONTENT), 5000));
    failure("cut.gz");

    served.put("/files/long.gz", gzip(new byte[1 << 20]));
    assertTrue(failure("long.gz").contains("unpacks to more than the 100000 bytes that it should"));

    served.put("/files/plain.gz", CONTENT);
    assertTrue(failure("plain.gz").contains("is no gzip file, or is damaged"));
  }

  @Test
  void aWrongFileThatIsThereIsKept() throws Exception {
    Path there = Files.write(folder.resolve("a.gz"), new byte[]{1, 2, 3});
    RemoteFile file = remote("a.gz");
    try (Download download = download(address)) {
      String message = assertThrows(Failure.class, () -> download.fetch(file, folder)).getMessage();
      assertTrue(message.startsWith(there + " is there, but is not the file that would be fetched: "), message);
    }
    assertEquals(3, Files.size(there));
  }

  @Test
  void theCommandNamesWhatWentWrong() {
    Cli.run("download", "mnist", "--out", folder.toString(), "--from", address.toString()).assertFails(1,
        "train-images-idx3-ubyte.gz", "status 404", "--from");
    Cli.run("download", "mnist", "--from", "ftp://x/y").assertFails(2, "--from ftp://x/y", "https://");
    Cli.run("download", "cifar").assertFails(2, "cifar");
    Cli.run("download").assertFails(2, "DATASET");
  }

  @Test
  void mnistIsWhatTheSumsSay() throws Exception {
    for (RemoteFile file : MnistFiles.ALL) {
      byte[] packed = Files.readAllBytes(TestData.mnist().resolve(file.name()));
      served.put("/files/" + file.name(), packed);
    }
    Cli run = Cli.run("download", "mnist", "--out", folder.toString(), "--from", address.toString()).assertSucceeds();
    assertTrue(run.out().endsWith("--data " + folder + "\n"), run.out());
    for (RemoteFile file : MnistFiles.ALL) {
      try (GZIPInputStream in = new GZIPInputStream(Files.newInputStream(folder.resolve(file.name())))) {
        assertEquals(file.bytes(), in.transferTo(OutputStream.nullOutputStream()));
      }
    }
    Cli.run("info", "--data", folder.toString()).assertSucceeds();
  }

  @Test
  void theBarFitsTheTerminal() {
    Terminal live = new Terminal(new PrintStream(out, true, StandardCharsets.UTF_8), true, 60);
    ByteBar bar = new ByteBar(live, "a.gz", 2_000_000, () -> 0);
    bar.add(1_000_000);
    assertEquals(59, bar.line().length());
    assertTrue(bar.line().contains("\u2588\u2591") && bar.line().contains("1.00 MB of 2.00 MB"), bar.line());
    assertTrue(new ByteBar(live, "a.gz", -1, () -> 0).line().startsWith("a.gz  0.00 MB "));
    bar.end("done");
    assertTrue(out.toString(StandardCharsets.UTF_8).contains("\ra.gz  1.00 MB, done"));
  }
}
