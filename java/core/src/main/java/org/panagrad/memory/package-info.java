/** Memory off the heap that grows. Not exported: nothing here is for users. */
@NullMarked
package org.panagrad.memory;

import org.jspecify.annotations.NullMarked;
