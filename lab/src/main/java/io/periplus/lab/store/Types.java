package io.periplus.lab.store;

/** Types the store itself knows, besides those of {@link ResourceType}. */
public final class Types {
    public static final ResourceType CRD = new ResourceType(
            "apiextensions.k8s.io", "v1", "CustomResourceDefinition", "customresourcedefinitions", false);

    public static final ResourceType POD_DISRUPTION_BUDGET =
            new ResourceType("policy", "v1", "PodDisruptionBudget", "poddisruptionbudgets", true);

    private Types() {}
}
