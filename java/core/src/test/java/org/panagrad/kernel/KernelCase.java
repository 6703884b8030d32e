package org.panagrad.kernel;

import java.util.List;
import java.util.function.Function;

/**
 * A row of {@link KernelCases}.
 *
 * @param name  the registry's row
 * @param at    makes arguments, call and oracle for a size
 * @param sizes those that the tests try: they straddle every boundary
 */
public record KernelCase(String name, Function<Size, Setup> at, List<Size> sizes) {
  @Override
  public String toString() {
    return name;
  }
}
