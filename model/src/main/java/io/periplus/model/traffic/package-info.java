/**
 * How proxies speak to the endpoints of services: DestinationRules and BackendTLSPolicies, resolved for each service and for
 * each proxy that has to do with it.
 */
@NullMarked
package io.periplus.model.traffic;

import org.jspecify.annotations.NullMarked;
