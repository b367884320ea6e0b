/** Who calls and what they may do: certificates, service account tokens, RBAC, reviews. */
@NullMarked
package io.periplus.lab.apiserver.auth;

import org.jspecify.annotations.NullMarked;
