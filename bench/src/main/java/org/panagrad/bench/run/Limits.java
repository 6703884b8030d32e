package org.panagrad.bench.run;

import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.panagrad.bench.Work;
import org.panagrad.bench.Work.Stream;

/**
 * How fast memory and arithmetic were in this run. Between two measured sizes the nanoseconds of a byte are interpolated
 * over the logarithm of the size; beyond the last one they stay.
 */
final class Limits {
  private final Map<Stream, TreeMap<Double, Double>> perByte = new EnumMap<>(Stream.class);
  private double perExp = Double.NaN, perMultiplyAdd = Double.NaN;

  /** Takes note of a limit that was measured. */
  void learn(Work work, double nanoseconds) {
    if (work.exps() > 0) {
      perExp = nanoseconds / work.exps();
    } else if (work.multiplyAdds() > 0) {
      perMultiplyAdd = nanoseconds / work.multiplyAdds();
    } else {
      perByte.computeIfAbsent(work.stream(), _ -> new TreeMap<>()).put(work.bytes(), nanoseconds / work.bytes());
    }
  }

  /** The row with the greatest of its limits; without one where nothing was measured that limits it. */
  Row limit(Row row, Work work) {
    double memory = memory(work), exps = orZero(work.exps() * perExp);
    double products = orZero(work.multiplyAdds() * perMultiplyAdd),
        greatest = Math.max(memory, Math.max(exps, products));
    if (greatest == 0) {
      return row;
    }
    String name = greatest == memory
        ? work.stream().name().toLowerCase(Locale.ROOT)
        : greatest == exps ? "exp" : "multiply-add";
    return row.limitedBy(name, greatest);
  }

  private double memory(Work work) {
    TreeMap<Double, Double> known = perByte.get(work.stream());
    if (known == null || work.bytes() == 0) {
      return 0;
    }
    Map.Entry<Double, Double> below = known.floorEntry(work.bytes()), above = known.ceilingEntry(work.bytes());
    if (below == null || above == null || below.getKey().equals(above.getKey())) {
      return work.bytes() * (below == null ? above : below).getValue();
    }
    double share = Math.log(work.bytes() / below.getKey()) / Math.log(above.getKey() / below.getKey());
    return work.bytes() * (below.getValue() + share * (above.getValue() - below.getValue()));
  }

  private static double orZero(double x) {
    return Double.isNaN(x) ? 0 : x;
  }
}
