package org.panagrad.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.panagrad.ffi.NativeLibrary;
import org.panagrad.kernel.KernelCase;
import org.panagrad.kernel.KernelCases;

class KernelShapeTest {

  @Test
  void everyKernelOfTheRegistryCanBeMeasured() {
    Set<String> cases = new HashSet<>();
    for (KernelCase row : KernelCases.all()) {
      cases.add(row.name());
    }
    NativeLibrary.get().names().forEach(name -> assertTrue(cases.contains(name), name));
    KernelShape.EXPONENTIAL.forEach(name -> assertTrue(cases.contains(name + "_f32"), name));
  }

  /** What a kernel moves is near what was asked for, at sizes within and beyond the caches. */
  @Test
  void sizesAreThoseAskedFor() {
    for (KernelCase row : KernelCases.all()) {
      long bytes = 10_000_000;
      double given = new KernelShape(row.name(), bytes, false).setup().bytes();
      assertTrue(given > 0.5 * bytes && given < 1.6 * bytes, row + " has " + given);
      assertTrue(new KernelShape(row.name(), bytes, false).work().elements() > 0, row.name());
    }
  }

  @Test
  void arraysOfOptionsThatAreNotSetDoNotCount() {
    Work loss = new KernelShape("mean_squared_error_f32", 1 << 20, false).work();
    // prediction, target, gradient and losses; a sum for each block
    assertEquals(16, loss.bytes() / loss.elements(), 0.01);
    Work exp = new KernelShape("exp_f32", 1 << 20, true).work();
    assertEquals(8 * exp.elements(), exp.bytes());
    assertEquals(63, exp.elements() % 64);
    Work adam = new KernelShape("adam_f32", 1 << 20, false).work();
    assertEquals(Work.Stream.UPDATE, adam.stream());
  }
}
