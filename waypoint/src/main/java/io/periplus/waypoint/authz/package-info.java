/**
 * External authorisation: policies with the action CUSTOM have somebody else asked, an extension provider of the mesh
 * configuration. What cannot be asked about is refused, unless the provider says otherwise.
 */
@NullMarked
package io.periplus.waypoint.authz;

import org.jspecify.annotations.NullMarked;
