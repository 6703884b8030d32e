/** Tests of the command line. */
@NullMarked
package org.panagrad.app;

import org.jspecify.annotations.NullMarked;
