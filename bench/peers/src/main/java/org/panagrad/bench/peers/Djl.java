package org.panagrad.bench.peers;

import ai.djl.engine.Engine;

/** DJL on PyTorch, on one thread, with the libraries that Maven fetched. */
final class Djl {
  private static final String JAVACPP_CACHE = "org.bytedeco.javacpp.cachedir";

  private Djl() {
  }

  /** Its engine; the first call settles how it works. It unpacks libraries beside those of JavaCPP. */
  static Engine engine() {
    System.setProperty("ai.djl.offline", "true");
    System.setProperty("OPT_OUT_TRACKING", "true"); // it reports its use otherwise
    System.setProperty("ai.djl.pytorch.num_threads", "1");
    System.setProperty("ai.djl.pytorch.num_interop_threads", "1");
    String cache = System.getProperty(JAVACPP_CACHE);
    if (cache != null) {
      System.setProperty("DJL_CACHE_DIR", cache + "/djl");
    }
    return Engine.getEngine("PyTorch");
  }
}
