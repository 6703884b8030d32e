package org.panagrad.kernel;

import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.panagrad.kernel.Arguments.Memory;
import org.panagrad.kernel.Arguments.Style;

/** One semantics: the same bits on every backend, in every memory, however the range is cut, on any threads. */
@Tag("width")
class AgreementTest {
  private static final long SEED = 1;

  static List<KernelCase> cases() {
    return KernelCases.all();
  }

  @ParameterizedTest
  @MethodSource("cases")
  void sameBitsEverywhere(KernelCase row) {
    List<Workers> pools = List.of(new Workers(1), new Workers(2), new Workers(3));
    try {
      for (Size size : row.sizes()) {
        new Trials(row, size, Style.ORDINARY).all(pools);
        new Trials(row, size, Style.SPECIAL).all(List.of());
      }
    } finally {
      pools.forEach(Workers::close);
    }
  }

  /** The ways to make one call; the first is the reference. */
  private static final class Trials {
    private final Setup setup;
    private final int[][] initial, reference;
    private final String where;
    private Kernels kernels;

    Trials(KernelCase row, Size size, Style style) {
      setup = row.at().apply(size);
      initial = Arguments.initial(setup, style, SEED);
      where = row + " " + size + " " + style + " seed " + SEED;
      reference = Arguments.of(setup, initial, Memory.HEAP).call(Backends.of(Backend.SCALAR)).results();
    }

    void all(List<Workers> pools) {
      for (Kernels each : Backends.all()) {
        kernels = each;
        try (Arena arena = Arena.ofShared()) {
          Memory off = Memory.nativeIn(arena), mixed = Memory.mixedIn(arena);
          check("heap", Memory.HEAP, 0, -1);
          check("off-heap", off, 0, -1);
          check("mixed", mixed, 0, -1);
          checkCuts("heap", Memory.HEAP, null);
          checkCuts("off-heap", off, null);
          for (Workers pool : pools) {
            checkCuts(pool.threads() + " threads", pool.threads() == 2 ? Memory.HEAP : off, pool);
          }
          for (int k = 0; k < initial.length; k++) {
            if (setup.arrays().get(k).inPlace() >= 0) {
              check("heap, in place", Memory.HEAP, 0, k);
              check("off-heap, in place", off, 0, k);
            }
          }
          for (int nulls : nulls()) {
            check("heap, with null", Memory.HEAP, nulls, -1);
            check("off-heap, with null", off, nulls, -1);
          }
        }
      }
    }

    /**
     * Sets of arrays, as bits, that are null together: each alone, and all; with the calls above any two are in all
     * four ways.
     */
    private Set<Integer> nulls() {
      Set<Integer> sets = new LinkedHashSet<>();
      int all = 0;
      for (int k = 0; k < initial.length; k++) {
        if (setup.arrays().get(k).nullable()) {
          sets.add(1 << k);
          all |= 1 << k;
        }
      }
      if (all != 0) {
        sets.add(all);
      }
      return sets;
    }

    private void check(String how, Memory memory, int nulls, int inPlace) {
      compare(how, Arguments.of(setup, initial, memory, nulls, inPlace).call(kernels));
    }

    private void compare(String how, Arguments arguments) {
      Arguments.assertSame(setup, reference, arguments.results(), where + " on " + kernels.name() + ", " + how);
    }

    /** In pieces, the odd ones first: what a piece writes beyond its ends spoils a finished neighbour. */
    private void checkCuts(String how, Memory memory, Workers pool) {
      long[] cuts = cuts(new Random(SEED + reference.length));
      Arguments arguments = Arguments.of(setup, initial, memory);
      int pieces = cuts.length - 1;
      Workers.Task task = (part, _) -> {
        int piece = (int) (part < pieces / 2 ? 2 * part + 1 : 2 * (part - pieces / 2));
        setup.call(kernels, arguments.segments(), cuts[piece], cuts[piece + 1]);
      };
      if (pool != null) {
        pool.run(task, pieces);
      } else {
        for (int part = 0; part < pieces; part++) {
          task.run(part, 0);
        }
      }
      compare(how + " in " + pieces + " pieces", arguments);
    }

    /** Up to ten pieces of random length, the first of a single unit. */
    private long[] cuts(Random random) {
      long grains = (setup.to() - setup.from() + setup.grain() - 1) / setup.grain();
      List<Long> cuts = new ArrayList<>(List.of(setup.from()));
      for (long at = Math.min(1, grains); at < grains; at += 1 + random.nextLong(1 + grains / 5)) {
        cuts.add(setup.from() + at * setup.grain());
      }
      cuts.add(setup.to());
      return cuts.stream().mapToLong(Long::longValue).toArray();
    }
  }
}
