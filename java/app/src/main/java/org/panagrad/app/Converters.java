package org.panagrad.app;

import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;
import org.panagrad.kernel.Backend;
import org.panagrad.kernel.Product;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Values of options. picocli puts the option's name before the messages and exits with 2. */
final class Converters {
  private Converters() {
  }

  private static TypeConversionException refuse(String value, String expected) {
    return new TypeConversionException("'" + value + "' is no " + expected);
  }

  /** A count. */
  static final class Count implements ITypeConverter<Integer> {
    @Override
    public Integer convert(String value) {
      try {
        int count = Integer.parseInt(value);
        if (count >= 1) {
          return count;
        }
      } catch (NumberFormatException e) {
        // the same message
      }
      throw refuse(value, "whole number from 1 to 2147483647");
    }
  }

  /** A learning rate. */
  static final class Rate implements ITypeConverter<Double> {
    @Override
    public Double convert(String value) {
      try {
        double rate = Double.parseDouble(value);
        if (rate > 0 && Double.isFinite(rate)) {
          return rate;
        }
      } catch (NumberFormatException e) {
        // the same message
      }
      throw refuse(value, "positive, finite number");
    }
  }

  /** A seed. */
  static final class Seed implements ITypeConverter<Long> {
    @Override
    public Long convert(String value) {
      try {
        return Long.parseLong(value);
      } catch (NumberFormatException e) {
        throw refuse(value, "whole number of 64 bits");
      }
    }
  }

  private static <E extends Enum<E>> E choose(String value, E[] choices) {
    for (E choice : choices) {
      if (choice.name().equalsIgnoreCase(value)) {
        return choice;
      }
    }
    throw new TypeConversionException("'" + value + "' is none of "
        + Arrays.stream(choices).map(choice -> choice.name().toLowerCase(Locale.ROOT))
            .collect(Collectors.joining(", ")));
  }

  /** A backend, in lower case. */
  static final class BackendName implements ITypeConverter<Backend> {
    @Override
    public Backend convert(String value) {
      return choose(value, Backend.values());
    }
  }

  /** A matrix product, in lower case. */
  static final class ProductName implements ITypeConverter<Product.Choice> {
    @Override
    public Product.Choice convert(String value) {
      return choose(value, Product.Choice.values());
    }
  }

  /** An optimizer, in lower case. */
  static final class OptimizerName implements ITypeConverter<OptimizerChoice> {
    @Override
    public OptimizerChoice convert(String value) {
      return choose(value, OptimizerChoice.values());
    }
  }
}
