package org.panagrad.bench.golden;

import java.util.ArrayList;
import java.util.List;
import org.bytedeco.pytorch.AbstractTensor;
import org.bytedeco.pytorch.Tensor;

/** One input: floats, held as doubles, or integers. */
record Values(double[] numbers, boolean integers, long... shape) {
  Values {
    for (double x : numbers) {
      if ((float) x != x) {
        throw new IllegalArgumentException(x + " is no float");
      }
    }
  }

  Values(double[] numbers, long... shape) {
    this(numbers, false, shape);
  }

  Tensor tensor() {
    if (!integers) {
      return AbstractTensor.create(numbers, shape);
    }
    long[] whole = new long[numbers.length];
    for (int i = 0; i < whole.length; i++) {
      whole[i] = (long) numbers[i];
    }
    return AbstractTensor.create(whole, shape);
  }

  /** The same but for one number, which need not be a float. */
  Tensor tensor(int at, double value) {
    double[] changed = numbers.clone();
    changed[at] = value;
    return AbstractTensor.create(changed, shape);
  }

  List<Object> json() {
    List<Object> list = new ArrayList<>(numbers.length);
    for (double x : numbers) {
      if (integers) {
        list.add((long) x);
      } else {
        list.add(x);
      }
    }
    return list;
  }
}
