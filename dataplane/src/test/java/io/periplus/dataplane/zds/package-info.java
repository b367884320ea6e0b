/** Tests of the talk with the node agent. */
@org.jspecify.annotations.NullMarked
package io.periplus.dataplane.zds;
