package org.panagrad.bench.golden;

import java.util.Map;
import org.bytedeco.pytorch.Tensor;

/** An optimizer of libtorch at work on a tensor. */
interface Peer {
  /** What it is called in C++. */
  String name();

  /** One step by the tensor's gradient. */
  void step();

  /** By PyTorch's names. */
  Map<String, Tensor> states();
}
