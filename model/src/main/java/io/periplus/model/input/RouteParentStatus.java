package io.periplus.model.input;

import java.util.List;

/** What a route's status says, or is to say, of one parent on behalf of this controller. */
public record RouteParentStatus(RouteInput.ParentRef parentRef, List<ConditionInput> conditions) {}
