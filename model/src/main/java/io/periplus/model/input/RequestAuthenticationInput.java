package io.periplus.model.input;

import io.periplus.api.NamespacedName;
import io.periplus.api.security.AuthorizationPolicy.TargetRef;
import java.util.List;

/** What a RequestAuthentication is attached to. What it says about tokens is not judged here. */
public record RequestAuthenticationInput(NamespacedName key, List<TargetRef> targetRefs) {}
