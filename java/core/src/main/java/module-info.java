/**
 * Panagrad: models trained and run on hand-written kernels, called through the Foreign Function and Memory API.
 */
module org.panagrad {
  requires static jdk.incubator.vector;
  requires static transitive org.jspecify;

  exports org.panagrad.data;
  exports org.panagrad.graph;
  exports org.panagrad.io;
  exports org.panagrad.kernel;
  exports org.panagrad.loss;
  exports org.panagrad.metric;
  exports org.panagrad.nn;
  exports org.panagrad.optim;
  exports org.panagrad.train;
}
