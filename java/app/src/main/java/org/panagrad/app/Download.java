package org.panagrad.app;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;
import org.panagrad.io.SafeFile;

/**
 * Fetches gzipped files over HTTP. A file is checked before it gets its name, so that none is ever there half or wrong.
 */
final class Download implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final int CHUNK = 1 << 16;

  private final Terminal terminal;
  private final List<URI> folders;
  private final HttpClient client = HttpClient.newBuilder().followRedirects(HttpClient.Redirect.NORMAL)
      .connectTimeout(PATIENCE).build();

  /** From these folders, the later ones where the earlier fail. */
  Download(Terminal terminal, List<URI> folders) {
    this.terminal = terminal;
    this.folders = folders;
  }

  /** Fetches a file into a folder, unless it is there. */
  void fetch(RemoteFile file, Path folder) throws IOException, InterruptedException {
    Path target = folder.resolve(file.name());
    OutputFolder.requireReplaceable(target);
    if (Files.exists(target)) {
      requireRight(file, target);
      terminal.out().println(file.name() + "  is there already");
      return;
    }
    List<String> problems = new ArrayList<>();
    for (URI from : folders) {
      URI address = URI.create(from.toString().replaceAll("/*$", "/") + file.name());
      try {
        fetch(file, address, target);
        return;
      } catch (IOException e) {
        problems.add(address + ": " + (e.getMessage() == null ? e : e.getMessage()));
      }
    }
    throw new Failure(String.join("; ", problems) + "; nothing was kept of it, --from names another server");
  }

  private static void requireRight(RemoteFile file, Path target) {
    try (InputStream in = Files.newInputStream(target)) {
      check(file, in);
    } catch (IOException e) {
      throw new Failure(target + " is there, but is not the file that would be fetched: " + e.getMessage()
          + "; remove it first", e);
    }
  }

  private void fetch(RemoteFile file, URI address, Path target) throws IOException, InterruptedException {
    HttpResponse<InputStream> response = client.send(HttpRequest.newBuilder(address).timeout(PATIENCE).build(),
        HttpResponse.BodyHandlers.ofInputStream());
    try (InputStream body = response.body()) {
      if (response.statusCode() != 200) {
        throw new IOException("the server answers with status " + response.statusCode());
      }
      ByteBar bar = new ByteBar(terminal, file.name(), response.headers().firstValueAsLong("content-length").orElse(-1),
          System::nanoTime);
      try {
        SafeFile.write(target, channel -> check(file, new Copy(body, channel, bar)));
        bar.end("fetched and checked");
      } catch (IOException e) {
        bar.end("failed");
        throw e;
      }
    }
  }

  /** Reads to the end, and fails unless it unpacks to what it should. */
  private static void check(RemoteFile file, InputStream in) throws IOException {
    MessageDigest digest = sha256();
    long count = 0;
    try {
      InputStream unpacked = new GZIPInputStream(in, CHUNK);
      byte[] chunk = new byte[CHUNK];
      for (int read = unpacked.read(chunk); read >= 0 && count <= file.bytes(); read = unpacked.read(chunk)) {
        digest.update(chunk, 0, read);
        count += read;
      }
    } catch (ZipException e) {
      throw new IOException("is no gzip file, or is damaged: " + e.getMessage(), e);
    } catch (EOFException e) {
      throw new IOException("is cut short, after " + count + " of the " + file.bytes() + " bytes that it unpacks to",
          e);
    }
    if (count > file.bytes()) {
      throw new IOException("unpacks to more than the " + file.bytes() + " bytes that it should");
    }
    String found = HexFormat.of().formatHex(digest.digest());
    if (!found.equals(file.sha256())) {
      throw new IOException("unpacks to something with SHA-256 " + found + ", expected " + file.sha256());
    }
    in.transferTo(OutputStream.nullOutputStream()); // so that a copy is a whole one
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }

  /** What is read also goes into a file. */
  private static final class Copy extends InputStream {
    private final InputStream in;
    private final FileChannel to;
    private final ByteBar bar;

    Copy(InputStream in, FileChannel to, ByteBar bar) {
      this.in = in;
      this.to = to;
      this.bar = bar;
    }

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : Byte.toUnsignedInt(one[0]);
    }

    @Override
    public int read(byte[] bytes, int from, int count) throws IOException {
      int read = in.read(bytes, from, count);
      if (read > 0) {
        ByteBuffer copied = ByteBuffer.wrap(bytes, from, read);
        while (copied.hasRemaining()) {
          to.write(copied);
        }
        bar.add(read);
      }
      return read;
    }
  }

  @Override
  public void close() {
    client.close();
  }
}
