package org.panagrad.kernel;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Isolated;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.panagrad.ChildJvm;
import org.panagrad.ffi.NativeLibrary;

/**
 * One long call on heap arrays does not hold up a safepoint: while a thread repeats it, another collects garbage, and
 * the JVM says how long it took to reach each safepoint. Compared with the length of the call in the same run, so that
 * no speed is assumed.
 */
@Isolated("measures")
class SafepointTest {
  private static final Pattern REACHED = Pattern.compile("Reaching safepoint:\\s*(\\d+) ns");
  /** A call must not hold up a safepoint for this share of itself. */
  private static final double SHARE = 1.0 / 20;
  private static final int COLLECTIONS = 11;

  @ParameterizedTest
  @CsvSource({"native, adam", "native, crossEntropyOfManyRows", "native, crossEntropyOfLongRows",
      "vector, crossEntropyOfManyRows", "scalar, crossEntropyOfLongRows",
      "scalar, bias"})
  void aLongCallHoldsNothingUp(String backend, String call) {
    double share = shareOfCall(backend, call, 1);
    assertTrue(share < SHARE, "three quarters of all safepoints came later than " + share + " of a call");
  }

  /** The same measurement does see a call that cannot be stopped. */
  @Test
  void aCriticalCallInOnePieceWouldHoldItUp() {
    double share = shareOfCall("native", "inOnePiece", 3);
    assertTrue(share > SHARE, "a critical call of the whole length delayed safepoints by only " + share + " of itself");
  }

  /**
   * A quartile of the times to a safepoint over the time of a call: about 1 where a call cannot be stopped, since each
   * collection begins when a call has begun, and next to nothing else. The first is not raised by others that want the
   * processor at every second safepoint, the third not lowered by collections that began between two calls.
   */
  private static double shareOfCall(String backend, String call, int quartile) {
    List<String> flags = new ArrayList<>(ChildJvm.USUAL);
    flags.addAll(List.of("-Xmx1500m", "-XX:+UseSerialGC", "-Xlog:safepoint:stdout"));
    ChildJvm.Result result = ChildJvm.run(flags, Child.class, backend, call).ok();
    String collecting = result.output().substring(result.output().indexOf("begin"), result.output().indexOf("end="));
    long[] times = REACHED.matcher(collecting).results().mapToLong(match -> Long.parseLong(match.group(1))).sorted()
        .toArray();
    assertTrue(times.length >= COLLECTIONS, () -> "too few safepoints in\n" + result.output());
    return times[times.length * quartile / 4] / Double.parseDouble(result.value("end"));
  }

  static final class Child {
    private static final int ELEMENTS = 30_000_000;
    private static volatile boolean enough;
    private static volatile int begun;

    public static void main(String[] args) throws InterruptedException {
      Kernels kernels = Backends.of(Backend.valueOf(args[0].toUpperCase()));
      Runnable call = switch (args[1]) {
        case "adam" -> adam(kernels);
        case "inOnePiece" -> inOnePiece();
        case "bias" -> bias(kernels);
        case "crossEntropyOfLongRows" -> crossEntropy(kernels, 100_000);
        default -> crossEntropy(kernels, 1000);
      };
      call.run();
      CountDownLatch warm = new CountDownLatch(3);
      List<Long> lengths = new ArrayList<>();
      Thread caller = Thread.ofPlatform().start(() -> {
        while (!enough) {
          long start = System.nanoTime();
          begun = lengths.size();
          call.run();
          lengths.add(System.nanoTime() - start);
          warm.countDown();
        }
      });
      warm.await();
      System.out.println("begin");
      for (int i = 0; i < COLLECTIONS; i++) {
        for (int last = begun; begun == last;) {
          Thread.onSpinWait();
        }
        System.gc(); // what is measured: a collection stops all threads, so the call must reach a safepoint
      }
      enough = true;
      caller.join();
      // the shortest: without the collections
      System.out.println("end=" + lengths.stream().min(Long::compare).orElseThrow());
    }

    private static MemorySegment floats(int n) {
      return MemorySegment.ofArray(new float[n]);
    }

    /** Of many short rows. */
    private static Runnable bias(Kernels k) {
      MemorySegment x = floats(ELEMENTS), y = floats(ELEMENTS), bias = floats(3);
      return () -> k.bias(x, bias, y, 3, 0, ELEMENTS / 3);
    }

    private static Runnable adam(Kernels k) {
      MemorySegment p = floats(ELEMENTS), g = floats(ELEMENTS), m = floats(ELEMENTS), v = floats(ELEMENTS);
      Update adam = Plain.rule(UpdateRule.ADAM, 0.01, 0.9, 0.1, 0.99, 0.01, 1, 1e-8);
      return () -> k.update(adam, p, g, m, v, null, null, null, 1, 0, ELEMENTS);
    }

    private static Runnable crossEntropy(Kernels k, int columns) {
      int rows = ELEMENTS / columns;
      MemorySegment logits = floats(ELEMENTS), gradient = floats(ELEMENTS), losses = floats(rows);
      MemorySegment labels = MemorySegment.ofArray(new int[rows]);
      return () -> Plain.softmaxCrossEntropy(k, logits, labels, gradient, losses, columns, 1, 0, rows);
    }

    /** What NativeKernels must not do: e^x of the whole array, critical. */
    private static Runnable inOnePiece() {
      MemorySegment x = floats(ELEMENTS), y = floats(ELEMENTS);
      MethodHandle exp = bind();
      return () -> {
        try {
          exp.invokeExact(x, y, 0L, (long) ELEMENTS);
        } catch (Throwable e) {
          throw new AssertionError(e);
        }
      };
    }

    @SuppressWarnings("restricted")
    private static MethodHandle bind() {
      NativeLibrary library = NativeLibrary.get();
      MemorySegment function = library.function(library.activeTier(), "exp_f32");
      return Linker.nativeLinker().downcallHandle(function, FunctionDescriptor.ofVoid(ValueLayout.ADDRESS,
          ValueLayout.ADDRESS, ValueLayout.JAVA_LONG, ValueLayout.JAVA_LONG), Linker.Option.critical(true));
    }
  }
}
