/** Workload identities of this proxy: certificates, who provides them, how they are renewed. */
@NullMarked
package io.periplus.dataplane.identity;

import org.jspecify.annotations.NullMarked;
