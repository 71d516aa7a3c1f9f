import { body, client } from "@tongban/shared/api/client";
import type { Demo, DemoAccount, DemoPerson } from "@tongban/shared/api/types";
import { useWords } from "@tongban/shared/words";
import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import "./demo.css";

/** What the demo city offers to newcomers; undefined in every city that is not a demo. */
export function useDemo(): Demo | undefined {
  const { data } = useQuery({ queryKey: ["demo"], queryFn: () => body(client.GET("/api/v1/demo")), staleTime: Infinity });
  return data?.on ? data : undefined;
}

/** The accounts of the demo city, each with its post and office; `entry` makes what is pressed. */
export function DemoAccounts({ entry }: { entry(account: DemoAccount, password: string, content: ReactNode): ReactNode }) {
  const { t } = useWords();
  const demo = useDemo();
  if (!demo) return null;
  const password = demo.password ?? "";
  return (
    <section className="demo" aria-labelledby="demo-title">
      <h2 id="demo-title">{t("demo.title")}</h2>
      <p className="quiet">{t("demo.accounts", { password })}</p>
      <ul role="list">
        {demo.accounts.map((account) => (
          <li key={account.username}>
            {entry(
              account,
              password,
              <>
                <b className="code">{account.username}</b>
                <span>
                  {account.roles.map((role) => t(`role.${role as DemoRole}`)).join(" · ")} · <span lang="zh-CN">{account.name}</span>
                </span>
                {account.office ? (
                  <span className="quiet" lang="zh-CN">
                    {account.office}
                  </span>
                ) : null}
              </>,
            )}
          </li>
        ))}
      </ul>
    </section>
  );
}

type DemoRole = "clerk" | "officer" | "supervisor" | "policy-editor" | "policy-reviewer" | "admin" | "resident";

/** The made-up residents of the demo city with what makes each of them worth trying. */
export function DemoPeople({ choose }: { choose(person: DemoPerson): void }) {
  const { t, text } = useWords();
  const demo = useDemo();
  if (!demo) return null;
  return (
    <section className="demo panel" aria-labelledby="demo-title">
      <h2 id="demo-title">{t("demo.title")}</h2>
      <p className="quiet">{t("demo.people")}</p>
      <ul role="list">
        {demo.people.map((person) => (
          <li key={person.idNumber}>
            <button type="button" onClick={() => choose(person)}>
              <b lang="zh-CN">{person.name}</b>
              <span>{text(person.story)}</span>
              <span className="quiet code">{person.idNumber}</span>
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}
