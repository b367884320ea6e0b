package io.periplus.lab.controllers;

import io.periplus.lab.store.ResourceType;

/** Types that only controllers speak of. */
final class Types {
    static final ResourceType ENDPOINTS = new ResourceType("", "v1", "Endpoints", "endpoints", true);
    static final ResourceType AUTOSCALER =
            new ResourceType("autoscaling", "v2", "HorizontalPodAutoscaler", "horizontalpodautoscalers", true);
    static final ResourceType CONTROLLER_REVISION =
            new ResourceType("apps", "v1", "ControllerRevision", "controllerrevisions", true);
    static final ResourceType CUSTOM_RESOURCE_DEFINITION = new ResourceType(
            "apiextensions.k8s.io", "v1", "CustomResourceDefinition", "customresourcedefinitions", false);

    private Types() {}
}
