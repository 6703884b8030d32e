package org.panagrad.bench.golden;

import org.bytedeco.pytorch.Tensor;

/** A loss in libtorch's terms. */
interface Formula {
  Tensor of(Inputs in, Reduce reduce);
}
