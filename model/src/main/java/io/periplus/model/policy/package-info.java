/** Policies as ztunnels and waypoints receive them, and what their authors are told. */
@NullMarked
package io.periplus.model.policy;

import org.jspecify.annotations.NullMarked;
