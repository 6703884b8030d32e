package org.panagrad.app;

import org.jspecify.annotations.Nullable;

/**
 * A loss as the command lists it.
 *
 * @param name       its factory's in Losses, or its class's
 * @param prediction what x is
 * @param target     what t is
 * @param formula    in one line
 * @param chart      of an elementwise loss; null for others
 */
record LossEntry(String name, String prediction, String target, String formula, @Nullable LossChart chart) {
}
