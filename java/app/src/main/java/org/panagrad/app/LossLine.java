package org.panagrad.app;

/**
 * A line of a chart, as the kernels computed it.
 *
 * @param label      in the legend
 * @param x          what the loss is drawn against
 * @param loss       at each x
 * @param derivative at each x
 */
record LossLine(String label, double[] x, double[] loss, double[] derivative) {
}
