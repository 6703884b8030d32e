package org.panagrad.bench.peers;

import java.util.function.Function;
import org.panagrad.bench.Predictor;
import org.panagrad.bench.Workload;

/** Other libraries' ways to predict, on one thread. */
public enum PeerPredictor {
  /** As its users write it. */
  LIBTORCH(LibtorchPredictor::plain),
  /** With kept tensors, in inference mode. */
  LIBTORCH_BEST(LibtorchPredictor::best),
  /** As its users write it. */
  ONNX_RUNTIME(OnnxPredictor::plain),
  /** With kept tensors. */
  ONNX_RUNTIME_BEST(OnnxPredictor::best),
  /** As its users write it. */
  DJL(DjlPredictor::plain),
  /** Its blocks on a kept input. */
  DJL_BEST(DjlPredictor::best);

  private final Function<Workload, Predictor> source;

  PeerPredictor(Function<Workload, Predictor> source) {
    this.source = source;
  }

  /** A network with our initial parameters. */
  public Predictor open(Workload network) {
    return source.apply(network);
  }
}
