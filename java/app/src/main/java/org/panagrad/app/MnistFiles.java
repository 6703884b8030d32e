package org.panagrad.app;

import java.net.URI;
import java.util.List;

/**
 * MNIST's four files, under their original names. The sums are those of the unpacked IDX files as LeCun, Cortes and
 * Burges published them; the mirrors hold them gzipped.
 */
final class MnistFiles {
  static final List<URI> MIRRORS = List.of(URI.create("https://ossci-datasets.s3.amazonaws.com/mnist/"),
      URI.create("https://storage.googleapis.com/cvdf-datasets/mnist/"));

  static final List<RemoteFile> ALL = List.of(
      new RemoteFile("train-images-idx3-ubyte.gz", 47_040_016,
          "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db"),
      new RemoteFile("train-labels-idx1-ubyte.gz", 60_008,
          "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5"),
      new RemoteFile("t10k-images-idx3-ubyte.gz", 7_840_016,
          "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7"),
      new RemoteFile("t10k-labels-idx1-ubyte.gz", 10_008,
          "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2"));

  private MnistFiles() {}
}
