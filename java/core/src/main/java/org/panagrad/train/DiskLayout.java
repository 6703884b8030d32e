package org.panagrad.train;

import java.lang.foreign.MemorySegment;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.panagrad.graph.Parameter;
import org.panagrad.optim.UpdaterFile;

/** An optimizer's states lie on disk as their parameters do, in PyTorch's layouts. */
final class DiskLayout implements UpdaterFile.Layout {
  private final Map<String, Parameter> parameters = new LinkedHashMap<>();

  DiskLayout(List<Parameter> parameters) {
    parameters.forEach(parameter -> this.parameters.put(parameter.name(), parameter));
  }

  private Parameter parameter(String name) {
    Parameter parameter = parameters.get(name);
    if (parameter == null) {
      throw new IllegalArgumentException("there is no parameter " + name);
    }
    return parameter;
  }

  /** Factors of a matrix are vectors of another size: they lie as they are. */
  private UpdaterFile.Layout layout(String name, long elements) {
    return parameter(name).shape().elements() == elements ? this : FLAT;
  }

  @Override
  public List<Long> shape(String name, long elements) {
    return layout(name, elements) == this ? parameter(name).shape().sizes() : FLAT.shape(name, elements);
  }

  @Override
  public void toDisk(String name, MemorySegment inside, MemorySegment disk) {
    if (layout(name, inside.byteSize() / 4) == this) {
      parameter(name).toDisk(inside, disk);
    } else {
      FLAT.toDisk(name, inside, disk);
    }
  }

  @Override
  public void fromDisk(String name, MemorySegment disk, MemorySegment inside) {
    if (layout(name, inside.byteSize() / 4) == this) {
      parameter(name).fromDisk(disk, inside);
    } else {
      FLAT.fromDisk(name, disk, inside);
    }
  }
}
