/** Deploys what a Gateway asks for and writes its status. */
@NullMarked
package io.periplus.controlplane.gateway;

import org.jspecify.annotations.NullMarked;
