/**
 * Built-in rules for tokens that carry their own name. Openers and alphabets are from gitleaks' rules, adapted: without
 * its terminators, since text glued to a token must not unmask it, and with open lengths, since issuers lengthen them
 * and a diff by words puts the new token right behind the old one.
 *
 * gitleaks is Copyright (c) 2019 Zachary Rice, under the MIT licence; its notice is in NOTICE.
 */
import type { Rule } from '../rule.js';

export const TOKENS: readonly Rule[] = [
  {
    id: 'aws-access-key-id',
    description: 'AWS access key id',
    regex: String.raw`\b(?:A3T[A-Z0-9]|AKIA)[A-Z0-9]{16,}`,
    keywords: ['A3T', 'AKIA'],
    caseSensitive: true,
  },
  {
    id: 'aws-temporary-key-id',
    description: 'AWS access key id: temporary, of a service',
    regex: String.raw`\b(?:ASIA|ABIA|ACCA)[A-Z0-9]{16,}`,
    keywords: ['ASIA', 'ABIA', 'ACCA'],
    caseSensitive: true,
    // Words of capitals begin with these.
    hold: 'open',
  },
  {
    id: 'github-token',
    description: 'GitHub token: personal, OAuth, app, refresh',
    regex: 'gh[pousr]_[0-9A-Za-z]{36,}',
    keywords: ['ghp_', 'gho_', 'ghu_', 'ghs_', 'ghr_'],
  },
  {
    id: 'github-fine-grained-token',
    description: 'GitHub fine-grained personal token',
    regex: String.raw`github_pat_\w{36,}`,
    keywords: ['github_pat_'],
  },
  {
    id: 'gitlab-token',
    description: 'GitLab token: personal, deploy, runner, job, feed, agent and kin',
    regex: String.raw`gl(?:pat|ptt|dt|rt|cbt|ft|imt|agent|oas|soat|ffct)-[\w.-]{20,}`,
    keywords: [
      'glpat-',
      'glptt-',
      'gldt-',
      'glrt-',
      'glcbt-',
      'glft-',
      'glimt-',
      'glagent-',
      'gloas-',
      'glsoat-',
      'glffct-',
    ],
  },
  {
    id: 'gitlab-runner-registration-token',
    description: 'GitLab runner registration token',
    regex: String.raw`GR1348941[\w-]{20,50}`,
    keywords: ['GR1348941'],
  },
  {
    id: 'slack-token',
    description: 'Slack token: bot, user, app, configuration, browser, legacy',
    regex: String.raw`xox[abcdeoprs][.-][0-9A-Za-z.%-]{10,}|xapp-\d-[A-Z0-9]{1,50}-\d{1,20}-[a-z0-9]+`,
    keywords: ['xoxa', 'xoxb', 'xoxc', 'xoxd', 'xoxe', 'xoxo', 'xoxp', 'xoxr', 'xoxs', 'xapp-'],
  },
  {
    id: 'slack-webhook',
    description: 'Slack webhook: the path is the secret',
    regex: String.raw`hooks\.slack\.com/(?:services|workflows|triggers)/([A-Za-z0-9+/]{20,})`,
    secretGroup: 1,
    keywords: ['hooks.slack.com'],
  },
  {
    id: 'stripe-key',
    description: 'Stripe secret or restricted key',
    regex: String.raw`\b[sr]k_(?:test|live|prod)_[0-9A-Za-z]{10}\w*`,
    keywords: ['sk_test_', 'sk_live_', 'sk_prod_', 'rk_test_', 'rk_live_', 'rk_prod_'],
  },
  {
    id: 'google-oauth-token',
    description: 'Google OAuth: access token, client secret',
    regex: String.raw`\bya29\.[\w.-]{20,}|\bGOCSPX-[\w-]{20,}`,
    keywords: ['ya29.', 'GOCSPX-'],
    caseSensitive: true,
  },
  {
    id: 'google-api-key',
    description: 'Google API key',
    regex: String.raw`\bAIza[\w-]{35,}`,
    keywords: ['AIza'],
    caseSensitive: true,
  },
  {
    id: 'openai-key',
    description: 'OpenAI key: project, service account, admin',
    regex: String.raw`\bsk-(?:proj|svcacct|admin)-[\w-]{20,}`,
    keywords: ['sk-proj-', 'sk-svcacct-', 'sk-admin-'],
  },
  {
    id: 'openai-legacy-key',
    description: 'OpenAI key of the older kind',
    regex: String.raw`\bsk-[A-Za-z0-9]{20}T3BlbkFJ[A-Za-z0-9]{20}`,
    // What tells it from other words with `sk-` stands in its middle: too late for what is before it.
    keywords: ['sk-'],
    hold: 'open',
  },
  {
    id: 'anthropic-key',
    description: 'Anthropic key: API, admin, OAuth',
    regex: String.raw`\bsk-ant-[a-z]{2,10}\d\d-[\w-]{20,}`,
    keywords: ['sk-ant-'],
  },
  {
    id: 'npm-token',
    description: 'npm access token',
    regex: String.raw`\bnpm_[0-9A-Za-z]{36}\w*`,
    keywords: ['npm_'],
    hold: 'open',
  },
  {
    id: 'pypi-token',
    description: 'PyPI upload token',
    regex: String.raw`pypi-AgEI[\w-]{50,}`,
    keywords: ['pypi-AgEI'],
  },
  {
    id: 'sendgrid-key',
    description: 'SendGrid API key',
    regex: String.raw`\bSG\.[\w-]{16,32}\.[\w-]{32,}(?:\.[\w-]*)*`,
    keywords: ['SG.'],
    caseSensitive: true,
  },
  {
    id: 'digitalocean-token',
    description: 'DigitalOcean token: personal, OAuth, refresh',
    regex: String.raw`\bdo[opr]_v1_[a-f0-9]{64}\w*`,
    keywords: ['doo_v1_', 'dop_v1_', 'dor_v1_'],
  },
  {
    id: 'huggingface-token',
    description: 'Hugging Face token: user, organisation',
    regex: String.raw`\b(?:hf|api_org)_[A-Za-z0-9]{34}\w*`,
    keywords: ['hf_', 'api_org_'],
    hold: 'open',
  },
  {
    id: 'vault-token',
    description: 'HashiCorp Vault token: service, batch, recovery',
    regex: String.raw`\bhv[sbr]\.[\w-]{24,}(?:\.[\w-]*)*`,
    keywords: ['hvs.', 'hvb.', 'hvr.'],
  },
  {
    id: 'doppler-token',
    description: 'Doppler token',
    regex: String.raw`\bdp\.(?:pt|st|ct|sa|scim|audit)\.[\w.-]{40,}`,
    keywords: ['dp.pt.', 'dp.st.', 'dp.ct.', 'dp.sa.', 'dp.scim.', 'dp.audit.'],
  },
  {
    id: 'age-secret-key',
    description: 'age secret key',
    regex: '(?i)AGE-SECRET-KEY-1[QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L]{58}',
    keywords: ['AGE-SECRET-KEY-1'],
  },
  {
    id: 'databricks-token',
    description: 'Databricks token',
    regex: String.raw`\bdapi[a-f0-9]{32}(?:-\d)?\w*`,
    keywords: ['dapi'],
    hold: 'open',
  },
  {
    id: 'azure-client-secret',
    description: 'Client secret of Microsoft Entra ID (Azure AD)',
    regex: String.raw`[\w~.]{3}\dQ~[\w~.-]{31,}`,
    keywords: ['Q~'],
    caseSensitive: true,
  },
  {
    id: 'telegram-bot-token',
    description: 'Telegram bot token',
    regex: String.raw`(?:\b|bot)[0-9]{8,10}:AA[\w-]{33,}`,
    keywords: [':AA'],
    caseSensitive: true,
  },
  {
    id: 'jwt',
    description: 'JSON web token, signed or encrypted',
    regex: String.raw`\beyJ[\w-]{15,}(?:\.[\w-]*){2,4}`,
    keywords: ['eyJ'],
    caseSensitive: true,
  },
];
