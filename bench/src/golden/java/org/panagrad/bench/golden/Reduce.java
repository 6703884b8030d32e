package org.panagrad.bench.golden;

import java.util.Locale;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;

/** How losses become a value; the first three have libtorch's numbers. */
enum Reduce {
  NONE, MEAN, SUM,
  /** The sum over the number of rows. */
  BATCHMEAN;

  /** The argument of libtorch's functions: 0, 1 or 2. */
  long code() {
    return ordinal();
  }

  Tensor of(Tensor losses) {
    return switch (this) {
      case NONE -> losses;
      case MEAN -> losses.mean();
      case SUM -> losses.sum();
      case BATCHMEAN -> losses.sum().div(new Scalar(losses.size(0)));
    };
  }

  String json() {
    return name().toLowerCase(Locale.ROOT);
  }
}
