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

  @Override
  public List<Long> shape(String name, long elements) {
    return parameter(name).shape().sizes();
  }

  @Override
  public void toDisk(String name, MemorySegment inside, MemorySegment disk) {
    parameter(name).toDisk(inside, disk);
  }

  @Override
  public void fromDisk(String name, MemorySegment disk, MemorySegment inside) {
    parameter(name).fromDisk(disk, inside);
  }
}
