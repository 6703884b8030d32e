package org.panagrad.loss;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import org.panagrad.check.Memories;
import org.panagrad.kernel.Storage;

/** Where a call has the parameters of its losses and their gradients. Allocates where a parameter is new. */
final class ParameterPlaces {
  private final Storage storage;
  private final List<Place> places = new ArrayList<>();

  /** A parameter's numbers and their gradient. */
  record Place(LossParameter parameter, MemorySegment values, MemorySegment gradient) {
  }

  ParameterPlaces(Storage storage) {
    this.storage = storage;
  }

  /** Uses memory from outside. */
  void bind(LossParameter parameter, MemorySegment values, MemorySegment gradient) {
    Memories.out(parameter.name(), values, parameter.size());
    Memories.out("gradient of " + parameter.name(), gradient, parameter.size());
    places.removeIf(place -> place.parameter == parameter);
    places.add(new Place(parameter, values, gradient));
  }

  /** That of a parameter; a new one gets memory of its own. */
  Place of(LossParameter parameter) {
    for (int i = 0; i < places.size(); i++) {
      if (places.get(i).parameter == parameter) {
        return places.get(i);
      }
    }
    MemorySegment values = storage.allocate(4L * parameter.size());
    MemorySegment.copy(parameter.initial(), 0, values, JAVA_FLOAT, 0, parameter.size());
    storage.upload(values);
    Place place = new Place(parameter, values, storage.allocate(4L * parameter.size()));
    places.add(place);
    return place;
  }

  /** Weights the gradients of a loss's parameters; by 0 they are 0, whatever they were. */
  void weigh(List<LossParameter> parameters, double weight) {
    for (int k = 0; k < parameters.size(); k++) {
      MemorySegment gradient = of(parameters.get(k)).gradient;
      storage.download(gradient);
      for (int i = 0; i < parameters.get(k).size(); i++) {
        float g = gradient.getAtIndex(JAVA_FLOAT, i);
        gradient.setAtIndex(JAVA_FLOAT, i, weight == 0 ? 0 : (float) weight * g);
      }
      storage.upload(gradient);
    }
  }
}
