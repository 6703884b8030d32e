/**
 * What is measured beside the loss. A metric is a value of all samples that were seen, not a mean over batches: cutting
 * the same samples, in the same order, into other batches gives the same bits. Counts and sums of weights are doubles,
 * which are exact for whole numbers up to 2^53; other sums are taken sample by sample in the order of the samples, in
 * double.
 */
@NullMarked
package org.panagrad.metric;

import org.jspecify.annotations.NullMarked;
