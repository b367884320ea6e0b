package io.periplus.lab.apiserver;

/** A custom type for tests. */
final class Fixtures {
    static final String GADGETS = """
            apiVersion: apiextensions.k8s.io/v1
            kind: CustomResourceDefinition
            metadata: {name: gadgets.example.com}
            spec:
              group: example.com
              scope: Namespaced
              names: {plural: gadgets, singular: gadget, kind: Gadget, shortNames: [gd], categories: [all]}
              versions:
              - name: v1
                served: true
                storage: true
                subresources:
                  status: {}
                  scale: {specReplicasPath: .spec.replicas, statusReplicasPath: .status.replicas}
                additionalPrinterColumns:
                - {name: Class, type: string, jsonPath: .spec.class}
                - {name: Ready, type: string, jsonPath: '.status.conditions[?(@.type=="Ready")].status'}
                - {name: Age, type: date, jsonPath: .metadata.creationTimestamp}
                schema:
                  openAPIV3Schema:
                    type: object
                    required: [spec]
                    properties:
                      spec:
                        type: object
                        required: [class]
                        properties:
                          class: {type: string, enum: [a, b], description: The class of the gadget.}
                          replicas: {type: integer, minimum: 0, default: 1}
                      status:
                        type: object
                        x-kubernetes-preserve-unknown-fields: true
              - name: v1beta1
                served: true
                storage: false
                deprecated: true
                schema: {openAPIV3Schema: {type: object, x-kubernetes-preserve-unknown-fields: true}}
            """;

    private Fixtures() {}

    static String gadget(String name, String spec) {
        return "apiVersion: example.com/v1\nkind: Gadget\nmetadata: {name: %s, namespace: default}\nspec: {%s}\n"
                .formatted(name, spec);
    }
}
