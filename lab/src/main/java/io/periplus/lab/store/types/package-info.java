/** Which types of object a cluster has: the built-in ones and those that CustomResourceDefinitions add. */
@NullMarked
package io.periplus.lab.store.types;

import org.jspecify.annotations.NullMarked;
