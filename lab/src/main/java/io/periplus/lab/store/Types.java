package io.periplus.lab.store;

/** Types the store itself knows, besides those of {@link ResourceType}. */
public final class Types {
    public static final ResourceType CRD = new ResourceType(
            "apiextensions.k8s.io", "v1", "CustomResourceDefinition", "customresourcedefinitions", false);

    private Types() {}
}
