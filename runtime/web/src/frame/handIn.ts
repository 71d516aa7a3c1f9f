import { body, client } from "@tongban/shared/api/client";
import type { DraftView, Material, StoredFile } from "@tongban/shared/api/types";

/** The calls by which documents reach an application, or a case that still awaits some. Each gives what is there afterwards. */
export function handIn(id: string) {
  return {
    attach: (material: Material, file: File): Promise<DraftView> =>
      body(
        client.POST("/api/v1/drafts/{id}/files/{material}", {
          params: { path: { id, material: material.id } },
          body: { file } as never,
          bodySerializer: () => {
            const form = new FormData();
            form.append("file", file);
            return form;
          },
        }),
      ),
    detach: (file: StoredFile): Promise<DraftView> =>
      body(client.DELETE("/api/v1/drafts/{id}/files/{material}/{hash}", { params: { path: { id, material: file.material, hash: file.hash } } })),
    setPaper: (material: Material, taken: boolean): Promise<DraftView> =>
      body(client.PUT("/api/v1/drafts/{id}/paper/{material}", { params: { path: { id, material: material.id } }, body: { taken } })),
  };
}
